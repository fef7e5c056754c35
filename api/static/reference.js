// The page's policy allows no script in the page itself, hence this file.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  docExpansion: "list",
  filter: true,
  validatorUrl: null,
});
