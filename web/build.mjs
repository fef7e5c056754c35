// Builds web/static from web/src and the locked packages; the result is committed, byte for byte.
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const final = "static";
const out = mkdtempSync(join(tmpdir(), "cursus-web-"));
// Its 98 dependencies do not resolve, but the tarball itself carries all that is needed.
const ECL = "@ecl/preset-ec@5.3.1";
const ECL_SHA512 = "18a26ace889d65d69b593006799b15baf41b92143e0e6f873cd1de9cd02802a794c171f44f63637e857d85f22257016c7c0e4b5bb94e9dc40d136cc66c09a618";

mkdirSync(join(out, "fonts"), { recursive: true });

const scripts = readdirSync("src").filter((name) => name.endsWith(".js") && !name.startsWith("_"));
const bundled = await build({
  metafile: true,
  entryPoints: scripts.map((name) => join("src", name)),
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  legalComments: "linked",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".svg": "text" },
  logLevel: "warning",
});

const styles = readdirSync("src").filter((name) => name.endsWith(".css"));
const assets = { ".woff": "file", ".woff2": "file", ".ttf": "empty", ".eot": "empty", ".svg": "dataurl" };
const styled = await build({
  metafile: true,
  entryPoints: styles.map((name) => join("src", name)),
  outdir: out,
  bundle: true,
  minify: true,
  assetNames: "fonts/[name]-[hash]",
  external: ["../fonts/*"],
  loader: assets,
  legalComments: "none",
  logLevel: "warning",
});

function ecl() {
  const folder = mkdtempSync(join(tmpdir(), "ecl-"));
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", ECL, "--json", "--silent", "--pack-destination", folder], { encoding: "utf8" }),
  );
  const tarball = join(folder, packed.filename.replace("@", "").replace("/", "-"));
  const digest = createHash("sha512").update(readFileSync(tarball)).digest("hex");
  if (digest !== ECL_SHA512) throw new Error(`${ECL} is not the one that was reviewed: ${digest}`);
  execFileSync("tar", ["xzf", tarball, "-C", folder]);
  const dist = join(folder, "package", "dist");
  const read = (name) => readFileSync(join(dist, "styles", name), "utf8");
  // the fonts come from here and from nowhere else
  const css = (read("optional/ecl-reset.css") + read("ecl-ec.css"))
    .replaceAll(/url\(https:\/\/[^)]*\) format\("woff2"\),/g, "")
    .replaceAll("../fonts/", "fonts/")
    .replaceAll(/\/\*# sourceMappingURL[^*]*\*\//g, "");
  if (/url\(["']?https?:/.test(css)) throw new Error("the style sheet asks another host");
  writeFileSync(join(out, "ecl.css"), css);
  for (const name of ["InterVariable.woff2", "InterVariable-Italic.woff2"])
    cpSync(join(dist, "fonts", name), join(out, "fonts", name));
  rmSync(folder, { recursive: true });
}
ecl();
cpSync("src/favicon.svg", join(out, "favicon.svg"));

// The licence of everything that was bundled, generated so that it cannot be forgotten.
function licences() {
  const inputs = [...Object.keys(bundled.metafile.inputs), ...Object.keys(styled.metafile.inputs)];
  const folders = new Set(inputs.flatMap((name) => name.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//)?.[1] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((name) => /^(licen[cs]e|copying)/i.test(name));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : "(the package carries no licence file)";
    return `${about.name} ${about.version}\nLicence: ${about.license ?? "see below"}\n\n${text}\n`;
  });
  texts.push(`${ECL}\nLicence: EUPL-1.2 by its package.json, EUPL-1.1 by its LICENSE file\n`);
  writeFileSync(join(out, "third-party.txt"), texts.join(`\n${"-".repeat(78)}\n\n`));
}
licences();

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}
const manifest = Object.fromEntries(
  files(out)
    .sort()
    .map((name) => [name.slice(out.length + 1), createHash("sha256").update(readFileSync(name)).digest("hex")]),
);
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n");
// only a whole build takes the place of the last one
rmSync(final, { recursive: true, force: true });
cpSync(out, final, { recursive: true });
rmSync(out, { recursive: true });
