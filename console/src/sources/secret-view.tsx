import { useState } from 'react';
import type { SourceSecret } from '../api/types.ts';
import { CopyButton } from '../ui/copy.tsx';
import { Secret } from '../ui/fields.tsx';
import css from './sources.module.css';
import { t } from './strings.ts';

/** The token, once, and the lines to paste for each shipper. */
export function SecretView({ secret }: { secret: SourceSecret }) {
  const [shipper, setShipper] = useState(secret.snippets[0]?.shipper);
  const snippet = secret.snippets.find((each) => each.shipper === shipper);
  return (
    <>
      <Secret label={t.token} value={secret.token}>
        <CopyButton text={secret.token} />
      </Secret>
      <p className="hint">{t.tokenOnce}</p>
      {snippet !== undefined && (
        <section className={css.snippets}>
          <div className={css.snippetHead}>
            <h3>{t.snippets}</h3>
            <CopyButton text={snippet.text} />
          </div>
          <fieldset className={`row ${css.shippers}`} aria-label={t.snippets}>
            {secret.snippets.map((each) => (
              <button
                key={each.shipper}
                type="button"
                className="btn small quiet"
                aria-pressed={each.shipper === shipper}
                onClick={() => setShipper(each.shipper)}
              >
                {each.title}
              </button>
            ))}
          </fieldset>
          <pre className={css.snippet} data-testid="snippet">
            {snippet.text}
          </pre>
        </section>
      )}
    </>
  );
}
