/** Prefix of what has no ECS field. */
export const VENDOR = 'cisco.meraki.';

/** Of encrypted requests only the server's name is seen: `https://www.example.com/...`. */
export function shownUrl(text: string | undefined): string | undefined {
  return text?.endsWith('/...') === true ? text.slice(0, -3) : text;
}
