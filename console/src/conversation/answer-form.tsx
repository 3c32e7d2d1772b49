import type { RequestAnswer } from '@vigie/contracts/api';
import { useId, useState } from 'react';
import css from './conversation.module.css';
import type { Strings } from './strings/en.ts';

/**
 * Answers a question or makes a decision. Nothing is chosen beforehand: whoever answers has to mean it.
 *
 * @param t texts in the reader's language, which on the page behind a link is the client's
 */
export function AnswerForm(props: {
  request: { readonly kind: 'question' | 'decision'; readonly choices: readonly string[] };
  t: Strings;
  pending: boolean;
  onAnswer: (answer: RequestAnswer) => void;
}) {
  const { request, t } = props;
  const [choice, setChoice] = useState<string>();
  const [text, setText] = useState('');
  const id = useId();
  const decides = request.kind === 'decision';
  const send = (verdict?: 'approve' | 'refuse') =>
    props.onAnswer({
      text: text.trim(),
      ...(verdict === undefined ? {} : { verdict }),
      ...(choice === undefined || verdict === 'refuse' ? {} : { choice }),
    });
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!decides) send();
      }}
    >
      {request.choices.length > 0 && (
        <fieldset className={css.choices}>
          <legend>{decides ? t.which : t.yourAnswer}</legend>
          {request.choices.map((each) => (
            <label key={each}>
              <input type="radio" name={id} checked={choice === each} onChange={() => setChoice(each)} />
              <span className="wrap">{each}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div className="field">
        <label htmlFor={`${id}-text`}>{decides ? t.remark : t.yourWords}</label>
        <textarea
          id={`${id}-text`}
          className="input"
          rows={2}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className={css.actions}>
        {decides ? (
          <>
            <button
              type="button"
              className="btn primary"
              disabled={props.pending || (request.choices.length > 0 && choice === undefined)}
              onClick={() => send('approve')}
            >
              {t.approve}
            </button>
            <button
              type="button"
              className="btn danger"
              disabled={props.pending}
              onClick={() => send('refuse')}
            >
              {t.refuse}
            </button>
          </>
        ) : (
          <button
            type="submit"
            className="btn primary"
            disabled={props.pending || (choice === undefined && text.trim() === '')}
          >
            {t.answer}
          </button>
        )}
      </div>
    </form>
  );
}
