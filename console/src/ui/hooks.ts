import { useEffect, useState, useSyncExternalStore } from 'react';

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

/** A phone-sized window, the same width as in the style sheets. */
export function usePhone(): boolean {
  return useMedia('(max-width: 760px)');
}

/** Names the browser tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Vigie`;
  }, [title]);
}

/** Shows the part of the page that the address names behind its `#`, which may be there only after the page. */
export function useArrival(id: string): void {
  useEffect(() => {
    if (location.hash === `#${id}`) document.getElementById(id)?.scrollIntoView();
  }, [id]);
}

/**
 * A text field whose value also lives in the address: typing is instant, the address follows after a pause,
 * and a change of the address from elsewhere (back button) comes into the field.
 */
export function useTypedParam(value: string, commit: (text: string) => void, pauseMs = 250) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (value !== text.trim()) setText(value);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new commit function alone must not restart the pause
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => commit(text.trim()), pauseMs);
    return () => clearTimeout(timer);
  }, [text, value, pauseMs]);
  return [text, setText] as const;
}
