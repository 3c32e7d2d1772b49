import type { AttachmentView } from '@vigie/contracts/api';
import { useState } from 'react';
import { Confirm } from '../ui/confirm.tsx';
import { At } from '../ui/time-view.tsx';
import { AudienceBadge } from './audience.tsx';
import { bytes } from './bytes.ts';
import css from './conversation.module.css';
import { useConversationChange } from './queries.ts';
import { t } from './strings/strings.ts';

const TONE: Partial<Record<AttachmentView['scan']['state'], string>> = {
  clean: 'good',
  infected: 'bad',
  failed: 'warn',
  unscanned: 'warn',
};

/** A file: what it is, what the scanner said, and how to get it. It is never shown, only saved. */
export function AttachmentEntry(props: { incident: number; tenant: string; file: AttachmentView }) {
  const { file } = props;
  const change = useConversationChange(props.incident);
  const [asking, setAsking] = useState<'remove' | 'infected' | null>(null);
  const address = `/api/incidents/${props.incident}/attachments/${file.id}`;
  if (file.deleted !== null)
    return (
      <p className={css.entry} data-state="deleted" data-audience={file.audience}>
        <span>
          {t.deletedFile(file.deleted.by, file.name)} <At at={file.deleted.at} />
        </span>
      </p>
    );
  const infected = file.scan.state === 'infected';
  return (
    <article className={css.entry} data-audience={file.audience} data-testid="attachment">
      <header className={css.head}>
        <strong>{file.author.name}</strong>
        <AudienceBadge audience={file.audience} tenant={props.tenant} />
        <span className="muted">
          <At at={file.createdAt} />
        </span>
        <span className="spring" />
        {file.mayDelete && (
          <button type="button" className="btn quiet small" onClick={() => setAsking('remove')}>
            {t.remove}
          </button>
        )}
      </header>
      <p className={css.file}>
        <strong dir="auto">{file.name}</strong>
        <span className="muted">
          {bytes(file.size)} · {file.type}
        </span>
        <span
          className={css.badge}
          data-tone={TONE[file.scan.state]}
          data-testid="scan"
          title={file.scan.detail}
        >
          {t.scan[file.scan.state]}
        </span>
        {file.disguised && (
          <span className={css.badge} data-tone="bad">
            {t.disguised}
          </span>
        )}
      </p>
      <p className={css.hash}>SHA-256 {file.sha256}</p>
      <div className={css.actions}>
        {file.mayDownload && !infected && (
          <a className="btn small" href={address} download={file.name}>
            {t.download}
          </a>
        )}
        {file.mayDownload && infected && (
          <button type="button" className="btn small danger" onClick={() => setAsking('infected')}>
            {t.download}…
          </button>
        )}
        {!file.mayDownload && infected && <span className="hint">{t.notYours}</span>}
      </div>
      {asking === 'remove' && (
        <Confirm
          title={t.removeTitle}
          text={t.removeFile}
          action={t.remove}
          onCancel={() => setAsking(null)}
          onConfirm={() => {
            setAsking(null);
            change.mutate({ method: 'DELETE', path: `attachments/${file.id}` });
          }}
        />
      )}
      {asking === 'infected' && (
        <Confirm
          title={t.infectedTitle}
          text={t.infectedText(file.scan.detail)}
          action={t.infectedGo}
          onCancel={() => setAsking(null)}
          onConfirm={() => {
            setAsking(null);
            location.assign(`${address}?warned=yes`);
          }}
        />
      )}
    </article>
  );
}
