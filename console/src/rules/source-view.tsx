import css from './source.module.css';
import { litLine } from './yaml-lit.ts';

/** YAML to read: coloured, with line numbers; `marks` are lines to point at. */
export function SourceView(props: {
  text: string;
  label: string;
  testId?: string;
  marks?: ReadonlySet<number>;
}) {
  return (
    <section
      className={css.source}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      aria-label={props.label}
      data-testid={props.testId}
    >
      <pre>
        {props.text
          .replace(/\n$/, '')
          .split('\n')
          .map((line, row) => (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other identity and never move
              key={row}
              className={css.line}
              data-mark={props.marks?.has(row + 1) || undefined}
            >
              <YamlLine text={line} />
              {'\n'}
            </span>
          ))}
      </pre>
    </section>
  );
}

/** One line of YAML in colours. */
export function YamlLine({ text }: { text: string }) {
  return litLine(text).map((token, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a line have no other identity and never move
    <span key={at} data-token={token.kind}>
      {token.text}
    </span>
  ));
}
