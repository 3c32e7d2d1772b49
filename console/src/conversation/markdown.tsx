import { Fragment } from 'react';
import { Link } from 'wouter';
import css from './conversation.module.css';
import { type Block, type Inline, readMarkdown } from './markdown.ts';

/** A comment's text as elements; whatever is in it that is not ours is shown as text. */
export function Markdown({ text, names }: { text: string; names: readonly string[] }) {
  return (
    <div className={css.text} dir="auto">
      {readMarkdown(text, names).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text have no other identity
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'code':
      return <pre className={css.code}>{block.text}</pre>;
    case 'ul':
    case 'ol': {
      const List = block.kind;
      return (
        <List>
          {block.items.map((item, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <li key={index}>
              <Parts parts={item} />
            </li>
          ))}
        </List>
      );
    }
    case 'quote':
      return (
        <blockquote>
          <Lines lines={block.lines} />
        </blockquote>
      );
    case 'p':
      return (
        <p>
          <Lines lines={block.lines} />
        </p>
      );
  }
}

function Lines({ lines }: { lines: readonly (readonly Inline[])[] }) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    <Fragment key={index}>
      {index > 0 && <br />}
      <Parts parts={line} />
    </Fragment>
  ));
}

function Parts({ parts }: { parts: readonly Inline[] }) {
  return parts.map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: as above
    <Fragment key={index}>{inline(part)}</Fragment>
  ));
}

function inline(part: Inline) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code>{part.text}</code>;
    case 'incident':
      return <Link href={`/incidents/${part.id}`}>INC-{part.id}</Link>;
    case 'mention':
      return <strong className={css.mention}>@{part.name}</strong>;
    case 'strong':
      return (
        <strong>
          <Parts parts={part.parts} />
        </strong>
      );
    case 'em':
      return (
        <em>
          <Parts parts={part.parts} />
        </em>
      );
  }
}
