import type { Language } from '../api/types.ts';
import { choose, LANGUAGE_NAMES, language } from './language.ts';
import { ui } from './strings.ts';

/** The language of the console, each under its own name, so that nobody has to understand the one that is on. */
export function LanguageChoice({ onChoose = choose }: { onChoose?: (language: Language) => void }) {
  return (
    <select
      className="select"
      aria-label={ui.language}
      value={language}
      onChange={(event) => onChoose(event.target.value as Language)}
    >
      {Object.entries(LANGUAGE_NAMES).map(([code, name]) => (
        <option key={code} value={code} lang={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
