import { useState } from 'react';
import { Icon } from './icons.tsx';
import { ui } from './strings.ts';
import { toast } from './toaster.tsx';

/** Puts a text on the clipboard and says so; false when the browser refused. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // No permission, or the page is not a secure context (plain HTTP on another machine).
    toast(ui.copyFailed, 'bad');
    return false;
  }
}

/** A copy button that confirms in place. */
export function CopyButton({
  text,
  label = ui.copy,
  icon = false,
}: {
  text: string;
  label?: string;
  icon?: boolean;
}) {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      className={icon ? 'btn quiet small icon' : 'btn small'}
      aria-label={label}
      title={label}
      onClick={() => {
        void copyText(text).then((ok) => {
          if (!ok) return;
          setDone(true);
          setTimeout(() => setDone(false), 1500);
        });
      }}
    >
      <Icon name={done ? 'check' : 'copy'} size={13} />
      {!icon && (done ? ui.copied : label)}
    </button>
  );
}
