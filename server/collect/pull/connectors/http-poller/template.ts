/** Values that a request can hold; an absent one takes its parameter or member along. */
export interface Places {
  readonly since?: string | number;
  readonly until?: string | number;
  readonly cursor?: string;
  readonly page?: number;
}

const PLACE = /\{(since|until|cursor|page)\}/g;

/** Replaces placeholders by values; undefined when one of them has none. Nothing is run, and values are not read again. */
function fill(text: string, places: Places): string | undefined {
  let missing = false;
  const filled = text.replace(PLACE, (_, name: keyof Places) => {
    const value = places[name];
    if (value === undefined) missing = true;
    return String(value ?? '');
  });
  return missing ? undefined : filled;
}

/** An address with its placeholders filled; a parameter without value is dropped. The host can't be one. */
export function fillUrl(template: string, places: Places): URL {
  const url = new URL(template);
  // The parser has encoded the braces in the path, and kept them in the query.
  url.pathname = url.pathname.replace(/%7B(since|until|cursor|page)%7D/gi, (whole, name: keyof Places) =>
    places[name] === undefined ? whole : encodeURIComponent(String(places[name])),
  );
  const parameters = new URLSearchParams();
  for (const [name, value] of url.searchParams) {
    const filled = fill(value, places);
    if (filled !== undefined) parameters.append(name, filled);
  }
  url.search = parameters.toString();
  return url;
}

/** A JSON body with the placeholders in its texts filled; a text that is one placeholder takes the value's own type. */
export function fillBody(template: string, places: Places): string {
  return JSON.stringify(fillValue(JSON.parse(template), places));
}

function fillValue(value: unknown, places: Places): unknown {
  if (typeof value === 'string') {
    const whole = /^\{(since|until|cursor|page)\}$/.exec(value);
    return whole === null ? fill(value, places) : places[whole[1] as keyof Places];
  }
  if (Array.isArray(value)) return value.map((one) => fillValue(one, places));
  if (typeof value !== 'object' || value === null) return value;
  // What is undefined JSON leaves out.
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fillValue(one, places)]));
}
