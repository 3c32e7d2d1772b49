import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '@vigie/contracts/api';
import { Liquid, type Template } from 'liquidjs';
import { RespondError } from '../errors.ts';
import type { MailKind, MailModels, RenderedMail } from './model.ts';
import { loadStrings, type Strings } from './strings.ts';
import { BRAND, BRAND_DARK, type Provider, viewOf } from './view.ts';

export interface MailRendererOptions {
  /** Folder with templates, a `.mjml` and a `.txt` each, and `strings/<language>.yml`. */
  readonly directory: string;
  readonly provider: Provider;
}

export interface MailRenderer {
  /**
   * Writes a mail. Everything in the model is data: markup, Liquid and line breaks in it are shown, never
   * obeyed.
   *
   * @throws RespondError `VIGIE_RESPOND_TEMPLATE` when a template or text is missing or broken
   */
  render<K extends MailKind>(kind: K, language: Language, model: MailModels[K]): Promise<RenderedMail>;
}

/** Mails that share a template with others; the others have one of their own name. */
const TEMPLATES: Partial<Record<MailKind, string>> = { mention: 'note', assigned: 'note' };

interface Compiled {
  readonly html: readonly Template[];
  readonly text: readonly Template[];
}

/**
 * Renders mails from MJML and Liquid. MJML is compiled when a kind is first needed (about half a second with
 * the loading of mjml), after that a mail takes about a millisecond.
 */
export function createMailRenderer({ directory, provider }: MailRendererOptions): MailRenderer {
  const html = engine(true);
  const plain = engine(false);
  const kinds = new Map<MailKind, Promise<Compiled>>();
  const languages = new Map<Language, Promise<Strings>>();

  return {
    async render(kind, language, model) {
      const [compiled, strings] = await Promise.all([
        remembered(kinds, kind, () => compile(kind)),
        remembered(languages, language, () => loadStrings(directory, language)),
      ]);
      const view = viewOf(kind, model, strings, language, provider);
      const globals = { strings };
      try {
        const [markup, text] = await Promise.all([
          html.render([...compiled.html], view, { globals }),
          plain.render([...compiled.text], view, { globals }),
        ]);
        return { subject: view.subject, html: String(markup), text: tidy(String(text)) };
      } catch (cause) {
        throw new RespondError(
          'VIGIE_RESPOND_TEMPLATE',
          `mail ${kind} in ${language} cannot be written`,
          cause,
        );
      }
    },
  };

  async function compile(kind: MailKind): Promise<Compiled> {
    const name = TEMPLATES[kind] ?? kind;
    const path = join(directory, `${name}.mjml`);
    try {
      const [source, text] = await Promise.all([
        readFile(path, 'utf8'),
        readFile(join(directory, `${name}.txt`), 'utf8'),
      ]);
      // Loaded late: a start without a mail to write does not pay mjml's memory.
      const { default: mjml } = await import('mjml');
      const { html: markup, errors } = await mjml(source, {
        filePath: path,
        ignoreIncludes: false,
        // It would have readers' programs fetch fonts from their maker's servers, and tell those who reads what.
        fonts: {},
      });
      if (errors.length > 0)
        throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'));
      return {
        html: html.parse(markup.replaceAll(BRAND, '{{ brand }}').replaceAll(BRAND_DARK, '{{ brandDark }}')),
        text: plain.parse(text),
      };
    } catch (cause) {
      throw new RespondError('VIGIE_RESPOND_TEMPLATE', `cannot compile ${path}`, cause);
    }
  }
}

function engine(markup: boolean): Liquid {
  const liquid = new Liquid({
    ...(markup ? { outputEscape: 'escape' as const } : {}),
    ownPropertyOnly: true,
    strictFilters: true,
    // Templates come from memory only: no include or render tag reaches a file.
    templates: {},
  });
  liquid.registerFilter('t', function (key: string, ...values: [string, string][]) {
    const { strings } = this.context.globals as { strings: Strings };
    return strings.text(key, Object.fromEntries(values));
  });
  return liquid;
}

async function remembered<K, V>(cache: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  // A failure is not remembered: a repaired template works without a restart.
  made.catch(() => cache.delete(key));
  return made;
}

function tidy(text: string): string {
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
