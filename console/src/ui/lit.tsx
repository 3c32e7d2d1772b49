import { cutAt } from './highlight.ts';

/** A text with the matched parts under the lamp. Text nodes only: a log can never become markup. */
export function Lit({ text, needles }: { text: string; needles: readonly string[] }) {
  let offset = 0;
  return cutAt(text, needles).map((piece) => {
    const key = offset;
    offset += piece.text.length;
    return piece.hit ? (
      <mark key={key} className="lamp">
        {piece.text}
      </mark>
    ) : (
      <span key={key}>{piece.text}</span>
    );
  });
}
