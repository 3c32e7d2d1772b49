import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { queries } from '../api/queries.ts';
import type { EventRef, EventView, Matched } from '../api/types.ts';
import { EventWarnings } from '../asset-marks/warnings.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { needlesOf } from '../ui/highlight.ts';
import { Icon } from '../ui/icons.tsx';
import { Lit } from '../ui/lit.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { distance } from '../ui/time.ts';
import { At } from '../ui/time-view.tsx';
import css from './event.module.css';
import { FieldsTable, type OnFilter } from './fields-table.tsx';
import { t } from './strings.ts';

export type { OnFilter } from './fields-table.tsx';

/**
 * One event beside the page: its fields and its original, matched values under the lamp. It is no modal:
 * the list behind stays usable, so `j` and `k` can walk through events.
 */
export function EventPanel(props: {
  event: EventRef;
  matched?: readonly Matched[];
  onClose: () => void;
  onFilter: OnFilter;
  onAround: (event: EventView) => void;
  onStep?: ((step: 1 | -1) => void) | undefined;
  /** What the list already holds: shown at once, without a request. */
  known?: EventView | undefined;
}) {
  const { event: ref, matched = [], onClose } = props;
  const [tab, setTab] = useState<'fields' | 'original'>('fields');
  const query = useQuery({ ...queries.event(ref), ...(props.known ? { initialData: props.known } : {}) });
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  const event = query.data;
  return (
    <aside ref={panel} className={css.panel} aria-label={t.panel} tabIndex={-1} data-testid="event-panel">
      <header className={css.head}>
        <div className={css.what}>
          <h2>{event === undefined ? t.panel : headingOf(event)}</h2>
          <p className="hint">
            <At at={ref.at} as="full" />
            {event !== undefined && (
              <>
                {' · '}
                {t.source} {event.source}
                {event.receivedAt - event.at > 60_000 && (
                  <>
                    {' · '}
                    {t.received} {t.delay(distance(event.receivedAt - event.at))}
                  </>
                )}
              </>
            )}
          </p>
        </div>
        {props.onStep !== undefined && (
          <>
            <button
              type="button"
              className="btn quiet small icon"
              aria-label={t.previous}
              title={`${t.previous} (k)`}
              onClick={() => props.onStep?.(-1)}
            >
              <span className={css.up}>
                <Icon name="down" size={14} />
              </span>
            </button>
            <button
              type="button"
              className="btn quiet small icon"
              aria-label={t.next}
              title={`${t.next} (j)`}
              onClick={() => props.onStep?.(1)}
            >
              <Icon name="down" size={14} />
            </button>
          </>
        )}
        <button
          type="button"
          className="btn quiet small icon"
          aria-label={t.close}
          title={`${t.close} (Esc)`}
          onClick={onClose}
        >
          <Icon name="close" size={14} />
        </button>
      </header>
      <div className={css.tabs} role="tablist" aria-label={t.panel}>
        {(['fields', 'original'] as const).map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`event-tab-${each}`}
            aria-selected={tab === each}
            aria-controls="event-tab-panel"
            onClick={() => setTab(each)}
          >
            {t[each]}
          </button>
        ))}
        <span className="spring" />
        {event !== undefined && (
          <button type="button" className="btn quiet small" onClick={() => props.onAround(event)}>
            {t.around}
          </button>
        )}
      </div>
      <div className={css.body} role="tabpanel" id="event-tab-panel" aria-labelledby={`event-tab-${tab}`}>
        {query.isPending ? (
          <SkeletonRows rows={10} height={28} />
        ) : query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : tab === 'fields' ? (
          <>
            <EventWarnings event={query.data} />
            <FieldsTable event={query.data} matched={matched} onFilter={props.onFilter} />
          </>
        ) : (
          <Original event={query.data} matched={matched} />
        )}
      </div>
    </aside>
  );
}

function headingOf(event: EventView): string {
  const { fields } = event;
  const action = fields['event.action'] ?? fields['event.code'];
  return [fields['event.dataset'], action].filter((part) => part !== undefined).join(' · ') || t.panel;
}

/** The log as received, with everything that matched lit. */
export function Original({ event, matched }: { event: EventView; matched: readonly Matched[] }) {
  const [wrap, setWrap] = useState(true);
  const original = event.fields['event.original'];
  if (original === undefined) return <p className="muted">{t.noOriginal}</p>;
  const text = String(original);
  return (
    <figure className={css.original} data-testid="event-original">
      <figcaption className={css.originalHead}>
        <span className="hint">{t.originalHint}</span>
        <span className="spring" />
        <button type="button" className="btn quiet small" aria-pressed={wrap} onClick={() => setWrap(!wrap)}>
          {t.wrap}
        </button>
        <CopyButton text={text} label={t.copyOriginal} icon />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={css.raw} data-wrap={wrap || undefined} tabIndex={0}>
        <Lit text={text} needles={matched.flatMap(needlesOf)} />
      </pre>
    </figure>
  );
}
