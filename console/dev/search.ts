import type { EventView } from '@vigie/contracts/api';

/** Enough of the search language for screenshots: terms joined by and, `-` negates, `field:value`, bare words. */
export function matcher(q: string): (event: EventView) => boolean {
  const terms = q.match(/-?[\w.@]+:"[^"]*"|-?"[^"]*"|\S+/g) ?? [];
  const tests = terms
    .filter((term) => term.toLowerCase() !== 'and')
    .map((term) => {
      const negated = term.startsWith('-');
      const body = negated ? term.slice(1) : term;
      const colon = /^([\w.@]+):(.+)$/s.exec(body);
      const value = (colon?.[2] ?? body).replace(/^"|"$/g, '').replace(/\\(.)/g, '$1').toLowerCase();
      return (event: EventView) => {
        const held = colon === null ? event.fields['event.original'] : event.fields[colon[1]!];
        const list = (Array.isArray(held) ? held : [held]).filter((each) => each !== undefined);
        const hit = list.some((each) => {
          const text = String(each).toLowerCase();
          if (colon === null) return text.includes(value);
          if (value === '*') return true;
          return value.endsWith('*') ? text.startsWith(value.slice(0, -1)) : text === value;
        });
        return hit !== negated;
      };
    });
  return (event) => tests.every((test) => test(event));
}
