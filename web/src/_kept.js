// What is kept on this device while there is no connection; other people's devices never see it.

export function keep(place, sheet, base) {
  try {
    localStorage.setItem(place, JSON.stringify({ sheet, base, at: new Date().toISOString() }));
  } catch {
    // a device without room keeps nothing; the page still holds what was typed
  }
}

export function kept(place) {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}

export const forget = (place) => localStorage.removeItem(place);

export function clock(at) {
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: "Europe/Brussels",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(at);
}

// Two sheets say the same, whatever the order of their keys.
export const same = (one, other) => written(one) === written(other);

const written = (sheet) => JSON.stringify([(sheet?.ratings || []).map((row) => [row.criterion, row.points ?? null, row.evidence || ""]), sheet?.remark || null]);
