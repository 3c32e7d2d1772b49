/** The part of mjml that we call; the package brings no types. */
declare module 'mjml' {
  interface MjmlOptions {
    readonly filePath?: string;
    readonly ignoreIncludes?: boolean;
    readonly validationLevel?: 'strict' | 'soft' | 'skip';
    readonly keepComments?: boolean;
    /** Addresses of style sheets by font; left out: those of a font service for the fonts it knows. */
    readonly fonts?: Readonly<Record<string, string>>;
  }
  export default function mjml2html(
    source: string,
    options?: MjmlOptions,
  ): Promise<{ readonly html: string; readonly errors: readonly { readonly formattedMessage: string }[] }>;
}
