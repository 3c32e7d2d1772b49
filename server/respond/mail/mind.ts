import type { Minded } from './model.ts';
import { defang, visible } from './safe-text.ts';
import type { Strings } from './strings.ts';

const MOST = 12;

/** What must be minded of machines and people before anything is done, a line each. */
export function mindLines(mind: readonly Minded[] | undefined, strings: Strings): string[] {
  return (mind ?? []).slice(0, MOST).map(({ name, criticality, handling, phone, note }) => {
    const said = [
      strings.text(`criticality.${criticality}`),
      ...handling.map((each) => strings.text(`handling.${each}`)),
      visible(phone, 60),
      defang(visible(note, 300)),
    ];
    return `${defang(visible(name, 120))}: ${said.filter((each) => each !== '').join(' · ')}`;
  });
}
