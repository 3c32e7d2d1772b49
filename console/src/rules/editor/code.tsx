import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Action, type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, Prec, type Text } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { useEffect, useImperativeHandle, useRef } from 'react';
import type { RuleIssue } from '../../api/types.ts';
import { suggest, type Words } from './completion.ts';
import css from './editor.module.css';

/** What the page may ask of the editor. */
export interface CodeHandle {
  /** Puts the cursor at the start of a line (from 1) and shows it. */
  goTo(line: number): void;
}

interface CodeProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onSave: () => void;
  readonly label: string;
  readonly issues: readonly RuleIssue[];
  /** The text that the issues are about: fixes are made in no other. */
  readonly checked: string;
  readonly words: Words | null;
  readonly ref: React.Ref<CodeHandle>;
}

/** A YAML editor with the server's squiggles and Sigma's words. Loaded with the pages that write. */
export default function Code(props: CodeProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  // Texts that the person made here and that have not come back as `value` yet: they are no changes from outside.
  const told = useRef<string[]>([]);
  useEffect(() => {
    latest.current = props;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: one editor for the life of the component; what changes is read from `latest`
  useEffect(() => {
    const parent = box.current;
    if (parent === null) return;
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: props.value,
        extensions: [
          // Before the rest: the browser would save the page.
          Prec.highest(
            keymap.of([
              {
                key: 'Mod-s',
                preventDefault: true,
                run: () => {
                  latest.current.onSave();
                  return true;
                },
              },
            ]),
          ),
          basicSetup,
          yaml(),
          EditorState.tabSize.of(2),
          lintGutter(),
          autocompletion({ override: [(context) => complete(context, latest.current.words)] }),
          syntaxHighlighting(HIGHLIGHT),
          THEME,
          EditorView.contentAttributes.of({ 'aria-label': props.label, spellcheck: 'false' }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return;
            const text = update.state.doc.toString();
            told.current.push(text);
            latest.current.onChange(text);
          }),
        ],
      }),
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    // What is written while the page is drawn is newer than the value that it was drawn with.
    const at = told.current.lastIndexOf(props.value);
    if (at >= 0) {
      told.current.splice(0, at + 1);
      return;
    }
    told.current = [];
    const change = changeBetween(editor.state.doc.toString(), props.value);
    if (change !== null) editor.dispatch({ changes: change });
  }, [props.value]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const { doc } = editor.state;
    editor.dispatch(
      setDiagnostics(
        editor.state,
        props.issues.map((issue) => diagnosticOf(issue, doc, props.checked)),
      ),
    );
  }, [props.issues, props.checked]);
  useImperativeHandle(props.ref, () => ({
    goTo(line) {
      const editor = view.current;
      if (editor === null) return;
      const { from } = editor.state.doc.line(Math.max(1, Math.min(line, editor.state.doc.lines)));
      editor.dispatch({
        selection: { anchor: from },
        effects: EditorView.scrollIntoView(from, { y: 'center' }),
      });
      editor.focus();
    },
  }));
  return <div ref={box} className={css.code} data-testid="code" />;
}

/** The smallest replacement that makes one text of the other, so that the cursor stays where it is. */
function changeBetween(before: string, after: string) {
  if (before === after) return null;
  let from = 0;
  while (from < before.length && from < after.length && before[from] === after[from]) from++;
  let end = 0;
  const most = Math.min(before.length, after.length) - from;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}

function complete(context: CompletionContext, words: Words | null): CompletionResult | null {
  if (words === null) return null;
  const { doc } = context.state;
  const line = doc.lineAt(context.pos);
  const lines = doc.toString().split('\n');
  const found = suggest(lines, line.number - 1, context.pos - line.from, words);
  if (found === null) return null;
  const from = line.from + found.column;
  // An empty line asks for nothing until the person does.
  if (!context.explicit && from === context.pos && !/[|:] ?$|- $/.test(line.text.slice(0, found.column)))
    return null;
  return {
    from,
    validFor: /^[\w.@*-]*$/,
    options: found.options.map(({ label, detail, insert, kind }, index) => ({
      label,
      ...(detail === undefined || detail === '' ? {} : { detail }),
      apply: insert,
      type: TYPES[kind],
      // Among equals the order is ours, not that of the alphabet.
      boost: Math.max(-99, 99 - index),
    })),
  };
}

const TYPES = { key: 'keyword', value: 'constant', field: 'property', modifier: 'function' } as const;

function diagnosticOf(issue: RuleIssue, doc: Text, checked: string): Diagnostic {
  const line = doc.line(Math.max(1, Math.min(issue.line, doc.lines)));
  const from = Math.min(line.from + issue.column - 1, line.to);
  const end = line.from + line.text.trimEnd().length;
  const actions: Action[] =
    issue.fix === undefined
      ? []
      : [
          {
            name: issue.fix.title,
            apply(view) {
              if (view.state.doc.toString() !== checked) return;
              view.dispatch({
                changes: issue.fix!.edits.map(({ start, end: stop, text }) => ({
                  from: start,
                  to: stop,
                  insert: text,
                })),
              });
            },
          },
        ];
  return {
    from: end > from ? from : line.from,
    to: Math.max(end, from),
    severity: issue.severity,
    message: issue.message,
    source: issue.code,
    actions,
  };
}

/** The console's own code colours, which follow its scheme. */
const HIGHLIGHT = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--code-key)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.separator, tags.punctuation, tags.meta], color: 'var(--ink-3)' },
]);

const THEME = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--t-13)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '10px 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection':
    { backgroundColor: 'var(--selected)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--ink-3)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sunken)', border: 'none', color: 'var(--ink-3)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--selected)',
    outline: 'none',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--selected)', outline: '1px solid var(--focus)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--accent-weak)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--accent-weak)' },
  '.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '.cm-panels input, .cm-textfield': {
    backgroundColor: 'var(--bg)',
    border: '1px solid var(--field-line)',
    borderRadius: '4px',
  },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
    borderRadius: '4px',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip-autocomplete > ul > li': { padding: '2px 8px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--selected)',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': {
    color: 'var(--ink-3)',
    fontFamily: 'var(--sans)',
    fontStyle: 'normal',
    marginLeft: '12px',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionIcon': { display: 'none' },
  '.cm-diagnostic': { padding: '5px 10px', fontFamily: 'var(--sans)', fontSize: 'var(--t-13)' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
  '.cm-diagnostic-info': { borderLeft: '3px solid var(--ink-3)' },
  '.cm-diagnosticAction': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
    borderRadius: '4px',
    padding: '1px 8px',
  },
  '.cm-diagnosticSource': { color: 'var(--ink-3)', fontSize: 'var(--t-12)' },
  '.cm-lint-marker': {
    content: 'normal',
    width: '8px',
    height: '8px',
    marginTop: '3px',
    borderRadius: '50%',
  },
  '.cm-lint-marker-error': { content: 'normal', backgroundColor: 'var(--bad)' },
  '.cm-lint-marker-warning': {
    content: 'normal',
    borderRadius: '1px',
    rotate: '45deg',
    backgroundColor: 'var(--warn)',
  },
  '.cm-lint-marker-info': { content: 'normal', backgroundColor: 'var(--ink-3)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad) 1px' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warn) 1px' },
  '.cm-lintRange-info': { backgroundImage: 'none', textDecoration: 'underline dotted var(--ink-3) 1px' },
});
