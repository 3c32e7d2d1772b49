import { useQueryClient } from '@tanstack/react-query';
import type { Audience, ConversationView, Person } from '@vigie/contracts/api';
import { useId, useLayoutEffect, useRef, useState } from 'react';
import { useMay } from '../session.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { bytes } from './bytes.ts';
import css from './conversation.module.css';
import { candidates, mentionBegun, mentioned } from './mentions.ts';
import { conversation, upload, useConversationChange } from './queries.ts';
import { t } from './strings/strings.ts';

/**
 * Writes a comment. For the provider's people it begins as internal each time, and its ground, its edge and the
 * button's words say who will read it.
 */
export function Composer(props: {
  view: ConversationView;
  tenant: string;
  inputRef: React.RefObject<HTMLTextAreaElement | null>;
  onAsk: (kind: 'question' | 'decision') => void;
}) {
  const { view, tenant, inputRef } = props;
  const ours = view.side === 'provider';
  const mayAsk = useMay('questions.ask');
  const [audience, setAudience] = useState<Audience>(ours ? 'internal' : 'client');
  const [text, setText] = useState('');
  const [sending, setSending] = useState(false);
  const change = useConversationChange(view.incident);
  const client = useQueryClient();
  const file = useRef<HTMLInputElement>(null);
  const name = useId();
  const submit = () => {
    const body = text.trim();
    if (body === '' || change.isPending) return;
    change.mutate(
      {
        method: 'POST',
        path: 'comments',
        body: { body, audience, mentions: mentioned(body, view.people, audience) },
        said: t.sent,
      },
      {
        // The text stays until the server has it; who reads the next one is chosen anew.
        onSuccess: () => {
          setText('');
          if (ours) setAudience('internal');
        },
      },
    );
  };
  const attach = async (chosen: File) => {
    if (chosen.size > view.maxAttachment)
      return toast(t.tooLarge(chosen.name, bytes(view.maxAttachment)), 'bad');
    setSending(true);
    try {
      client.setQueryData(
        conversation(view.incident).queryKey,
        await upload(view.incident, chosen, audience),
      );
      toast(t.attached(chosen.name));
    } catch (error) {
      toast(messageOf(error), 'bad');
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      className={css.composer}
      data-audience={audience}
      data-testid="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {ours && (
        <fieldset className={css.audience}>
          <legend className="visually-hidden">{t.audience}</legend>
          {(['internal', 'client'] as const).map((each) => (
            <label key={each}>
              <input
                type="radio"
                name={name}
                checked={audience === each}
                onChange={() => setAudience(each)}
              />
              {each === 'internal' ? t.internal : t.visible(tenant)}
            </label>
          ))}
          {audience === 'internal' && <span className="hint">{t.internalHint}</span>}
        </fieldset>
      )}
      <MentionField
        inputRef={inputRef}
        text={text}
        setText={setText}
        people={view.people}
        audience={audience}
        placeholder={
          !ours ? t.placeholderClient : audience === 'internal' ? t.placeholderInternal : t.placeholderVisible
        }
        onSubmit={submit}
      />
      <div className={css.actions}>
        <button
          type="submit"
          className={audience === 'client' ? 'btn primary' : 'btn'}
          disabled={text.trim() === '' || change.isPending}
          title={t.sendKeys}
        >
          {!ours ? t.sendClient : audience === 'internal' ? t.sendInternal : t.sendVisible(tenant)}
        </button>
        <button type="button" className="btn" disabled={sending} onClick={() => file.current?.click()}>
          {sending ? t.sending : t.attach}
        </button>
        <input
          ref={file}
          type="file"
          className="visually-hidden"
          tabIndex={-1}
          aria-label={t.attach}
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen !== undefined) void attach(chosen);
            event.target.value = '';
          }}
        />
        {mayAsk && (
          <>
            <span className="spring" />
            <button type="button" className="btn" onClick={() => props.onAsk('question')}>
              {t.ask}
            </button>
            <button type="button" className="btn" onClick={() => props.onAsk('decision')}>
              {t.decide}
            </button>
          </>
        )}
      </div>
    </form>
  );
}

/** A text field that offers names after an `@`. */
function MentionField(props: {
  inputRef: React.RefObject<HTMLTextAreaElement | null>;
  text: string;
  setText: (text: string) => void;
  people: readonly Person[];
  audience: Audience;
  placeholder: string;
  onSubmit: () => void;
}) {
  const { inputRef, text, setText, people, audience } = props;
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [closedAt, setClosedAt] = useState<string>();
  const place = useRef<number>(undefined);
  const id = useId();
  const begun = mentionBegun(text, caret);
  const offered = begun === undefined || closedAt === text ? [] : candidates(begun, people, audience);
  const current = Math.min(chosen, offered.length - 1);
  const take = (person: Person) => {
    const start = caret - (begun ?? '').length;
    const next = `${text.slice(0, start)}${person.name} ${text.slice(caret)}`;
    setText(next);
    setClosedAt(next);
    const at = start + person.name.length + 1;
    setCaret(at);
    place.current = at;
  };
  // Before the next key is heard: the caret would be at the end of the text otherwise.
  useLayoutEffect(() => {
    if (place.current === undefined) return;
    inputRef.current?.focus();
    inputRef.current?.setSelectionRange(place.current, place.current);
    place.current = undefined;
  });
  return (
    <>
      <textarea
        ref={inputRef}
        className="input"
        rows={3}
        maxLength={10_000}
        aria-label={t.write}
        aria-autocomplete="list"
        aria-controls={offered.length > 0 ? id : undefined}
        aria-activedescendant={offered.length > 0 ? `${id}-${current}` : undefined}
        placeholder={props.placeholder}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setCaret(event.target.selectionStart);
          setChosen(0);
        }}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return props.onSubmit();
          if (offered.length === 0) return;
          if (event.key === 'ArrowDown') setChosen((current + 1) % offered.length);
          else if (event.key === 'ArrowUp') setChosen((current + offered.length - 1) % offered.length);
          else if (event.key === 'Enter' || event.key === 'Tab') take(offered[current]!);
          else if (event.key === 'Escape') setClosedAt(text);
          else return;
          event.preventDefault();
        }}
      />
      {offered.length > 0 && (
        <div id={id} role="listbox" tabIndex={-1} aria-label={t.people} className={css.people}>
          {offered.map((person, index) => (
            <div
              key={person.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === current}
              onPointerDown={(event) => {
                event.preventDefault();
                take(person);
              }}
            >
              {person.name}
            </div>
          ))}
        </div>
      )}
    </>
  );
}
