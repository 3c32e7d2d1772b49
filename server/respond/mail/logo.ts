/** The provider's logo as mails carry it: a picture of pixels, never a drawing that could hold script. */
export interface MailLogo {
  readonly type: 'image/png' | 'image/jpeg';
  readonly bytes: Buffer;
  /** Size at which it is shown, CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** By which a mail refers to the logo that it carries (RFC 2392). */
export const LOGO_CID = 'vigie-logo';
/** Longest logo in a mail, bytes: it goes with every single one. */
export const MAX_MAIL_LOGO = 96 * 1024;
const ROOM = { width: 220, height: 48 };
const REFERENCE = new RegExp(`<img\\b[^<>]*\\bsrc="cid:${LOGO_CID}"[^<>]*>`, 'g');

/**
 * A logo for mails.
 *
 * @param size in pixels
 * @returns undefined for one that mails do not carry: drawn, or too long
 */
export function mailLogo(
  logo: { readonly type: string; readonly bytes: Buffer },
  size: { readonly width: number; readonly height: number } | undefined,
): MailLogo | undefined {
  const { type, bytes } = logo;
  if ((type !== 'image/png' && type !== 'image/jpeg') || size === undefined || bytes.length > MAX_MAIL_LOGO)
    return undefined;
  const scale = Math.min(1, ROOM.width / size.width, ROOM.height / size.height);
  return {
    type,
    bytes,
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  };
}

/** Whether a mail shows the logo. */
export function showsLogo(html: string): boolean {
  return html.includes(`src="cid:${LOGO_CID}"`);
}

/** The mail without it, where there is none any more. */
export function withoutLogo(html: string): string {
  return html.replace(REFERENCE, '');
}
