import { Dialog } from '../ui/dialog.tsx';
import { useShortcutGroups } from '../ui/shortcuts.ts';
import css from './shell.module.css';
import { t } from './strings.ts';

const NAMES: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc' };

/** Every key that works now, from the registry the keys themselves come from. */
export default function Help({ onClose }: { onClose: () => void }) {
  const groups = [...useShortcutGroups()].reverse();
  return (
    <Dialog title={t.keyboardHelp} onClose={onClose} width={620}>
      <div className={css.help}>
        {groups.map((group) => (
          <section key={group.name}>
            <h3>{group.name}</h3>
            <dl>
              {group.shortcuts.map((shortcut) => (
                <div key={shortcut.keys}>
                  <dt>
                    {shortcut.keys.split(' ').map((key) => (
                      <kbd key={key}>{NAMES[key] ?? key}</kbd>
                    ))}
                  </dt>
                  <dd>{shortcut.label}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <dl>
            <div>
              <dt>
                <kbd>{t.ctrl}</kbd>
                <kbd>K</kbd>
              </dt>
              <dd>{t.paletteTitle}</dd>
            </div>
          </dl>
        </section>
      </div>
    </Dialog>
  );
}
