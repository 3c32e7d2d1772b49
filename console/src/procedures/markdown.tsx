/* biome-ignore-all lint/suspicious/noArrayIndexKey: the parts of a text have no other name and never move */
import { type Inline, parseMarkdown } from '@vigie/contracts/procedure/markdown.ts';
import { Fragment, useMemo } from 'react';
import css from './procedures.module.css';

/** A procedure's Markdown as elements. Whatever the text holds, nothing of it becomes markup. */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div className={css.markdown}>
      {blocks.map((block, at) => {
        if (block.kind === 'paragraph')
          return (
            <p key={at}>
              <Line items={block.items} />
            </p>
          );
        const List = block.ordered ? 'ol' : 'ul';
        return (
          <List key={at}>
            {block.items.map((items, n) => (
              <li key={n}>
                <Line items={items} />
              </li>
            ))}
          </List>
        );
      })}
    </div>
  );
}

function Line({ items }: { items: readonly Inline[] }) {
  return items.map((item, at) => {
    if (item.kind === 'strong') return <strong key={at}>{item.text}</strong>;
    if (item.kind === 'code') return <code key={at}>{item.text}</code>;
    if (item.kind === 'link')
      return (
        <a key={at} href={item.href} target="_blank" rel="noopener noreferrer">
          {item.text}
        </a>
      );
    return <Fragment key={at}>{item.text}</Fragment>;
  });
}
