import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import css from './outbox.module.css';
import { t } from './strings.ts';

/**
 * The frame's own policy: nothing may load or run. The sandbox forbids scripts already; this also keeps
 * remote images from telling anybody that the mail was read here.
 */
const GUARD =
  '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:">';

/** The logo comes with the mail that is sent; what is kept has none. */
const LOGO = /<img\b[^<>]*\bsrc="cid:[^<>]*>/g;

/** A mail as the client saw it, in a frame that can do nothing. */
export default function MailDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const query = useQuery(queries.mail(id));
  return (
    <Dialog title={query.data?.subject ?? t.mail} onClose={onClose} width={760}>
      {query.isPending ? (
        <SkeletonRows rows={6} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          <p className="hint">
            {t.to} {query.data.to}
          </p>
          <iframe
            className={css.mail}
            title={query.data.subject}
            sandbox=""
            referrerPolicy="no-referrer"
            srcDoc={`<!doctype html>${GUARD}${query.data.html.replaceAll(LOGO, '')}`}
            data-testid="mail-frame"
          />
          <details className={css.text}>
            <summary>{t.asText}</summary>
            <pre>{query.data.text}</pre>
          </details>
        </>
      )}
    </Dialog>
  );
}
