import { useInfiniteQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { queries } from '../api/queries.ts';
import type { RailPage } from '../sections.ts';
import { scoped, useOwnTenant, useScope, useSession } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { setScheme } from '../ui/theme.ts';
import css from './palette.module.css';
import { type Command, useDeeds, useFound } from './palette-finds.ts';
import { t } from './strings.ts';

/** Ctrl-K: type a few letters of where to go. */
export default function Palette({
  pages,
  only,
  onClose,
  onHelp,
}: {
  pages: readonly RailPage[];
  only: 'tenants' | null;
  onClose: () => void;
  onHelp: () => void;
}) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const commands = useCommands(text, pages, only, onHelp);
  const index = Math.min(active, Math.max(0, commands.length - 1));
  const choose = (command: Command | undefined) => {
    if (command === undefined) return;
    onClose();
    command.run();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const next = (index + step + commands.length) % Math.max(1, commands.length);
      setActive(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(commands[index]);
    }
  };
  return (
    <Dialog title={only === 'tenants' ? t.chooseTenant : t.paletteTitle} onClose={onClose} width={580} bare>
      <input
        className={css.input}
        role="combobox"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={commands.length > 0 ? `${listId}-${index}` : undefined}
        aria-label={only === 'tenants' ? t.chooseTenant : t.paletteTitle}
        placeholder={only === 'tenants' ? t.tenantPlaceholder : t.palettePlaceholder}
        autoComplete="off"
        spellCheck={false}
        autoFocus
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <div id={listId} role="listbox" aria-label={t.paletteTitle} className={css.list}>
        {commands.length === 0 && <p className={css.none}>{t.noResult}</p>}
        {commands.map((command, at) => (
          <div key={command.id}>
            {command.group !== commands[at - 1]?.group && (
              <p className={css.group} role="presentation">
                {command.group}
              </p>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys go through the input, as a combobox wants */}
            <div
              id={`${listId}-${at}`}
              role="option"
              tabIndex={-1}
              aria-selected={at === index}
              className={css.option}
              onPointerMove={() => setActive(at)}
              onClick={() => choose(command)}
            >
              <span className="truncate">{command.label}</span>
              {command.detail !== undefined && <span className={css.detail}>{command.detail}</span>}
            </div>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function useCommands(
  text: string,
  pages: readonly RailPage[],
  only: 'tenants' | null,
  onHelp: () => void,
): Command[] {
  const [, navigate] = useLocation();
  const session = useSession();
  const scope = useScope();
  const own = useOwnTenant();
  const typed = useDeferredValue(text.trim());
  const number = /^(?:inc-?)?(\d{1,9})$/i.exec(typed)?.[1];
  const found = useInfiniteQuery({
    ...queries.incidents({ q: typed, status: 'all', sort: 'recent', limit: 6 }),
    enabled: only === null && typed.length > 1 && number === undefined,
  });
  const things = useFound(only === null ? typed : '', navigate);
  const deeds = useDeeds(typed, navigate);
  const words = typed.toLowerCase().split(/\s+/);
  const fits = (label: string) => words.every((word) => label.toLowerCase().includes(word));
  const commands: Command[] = [];
  if (only === null) {
    if (number !== undefined)
      commands.push({
        id: 'number',
        group: t.groupIncidents,
        label: t.openIncident(number),
        run: () => navigate(`/incidents/${number}`),
      });
    // Who names what they want done is not looking for a page.
    if (typed.includes(' ')) commands.push(...deeds.filter(({ id, label }) => id === 'take' || fits(label)));
    for (const page of pages)
      if (fits(page.title))
        commands.push({
          id: page.path,
          group: t.groupPages,
          label: page.title,
          detail: `g ${page.key}`,
          run: () => navigate(scoped(page.path)),
        });
    if (typed.length > 1)
      for (const incident of found.data?.pages[0]?.items ?? [])
        commands.push({
          id: `incident ${incident.id}`,
          group: t.groupIncidents,
          label: incident.title,
          detail: `INC-${incident.id}`,
          run: () => navigate(`/incidents/${incident.id}`),
        });
  }
  if (fits(t.allTenants) && scope.tenant !== undefined && own === undefined)
    commands.push({ id: 'all', group: t.groupTenants, label: t.allTenants, run: () => scope.choose() });
  for (const tenant of own === undefined ? session.tenants : [])
    if (fits(`${tenant.name} ${tenant.id}`))
      commands.push({
        id: `tenant ${tenant.id}`,
        group: t.groupTenants,
        label: tenant.name,
        detail: tenant.demo ? t.demo : tenant.id,
        run: () => scope.choose(tenant.id),
      });
  commands.push(...things);
  if (only === null) {
    const actions: Command[] = [
      ...(typed.includes(' ') ? [] : deeds),
      ...(['light', 'dark', 'auto'] as const).map((scheme) => ({
        id: `scheme ${scheme}`,
        group: t.groupActions,
        label: `${t.theme}: ${t.schemes[scheme]}`,
        run: () => setScheme(scheme),
      })),
      { id: 'help', group: t.groupActions, label: t.keyboardHelp, detail: '?', run: onHelp },
    ];
    commands.push(
      ...actions.filter((action) => typed !== '' && (action.id === 'take' || fits(action.label))),
    );
    if (typed.length > 1)
      commands.push({
        id: 'events',
        group: t.groupActions,
        label: t.searchEvents(typed),
        run: () => navigate(`/events?q=${encodeURIComponent(quote(typed))}`),
      });
  }
  return commands;
}

function quote(text: string): string {
  return /[\s:()]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text;
}
