import type { BrandingSetup, BrandingView } from '@vigie/contracts/api';
import type { BrandingBook, BrandingProblem } from '../api/index.ts';
import { type MailLogo, mailLogo, type Provider } from '../respond/index.ts';
import type { ClientStore, Logo } from '../storage/state/client-store.ts';
import type { Config } from './config-schema.ts';
import { logoProblem, pixelsOf } from './logo.ts';

const NOTHING: BrandingView = {
  name: null,
  colour: null,
  senderName: null,
  senderAddress: null,
  logo: null,
};
/** WCAG 2.2, success criterion 1.4.3. */
const LEAST_CONTRAST = 4.5;

/** How the provider presents itself: as configured, where nobody has said otherwise in the console. */
export class Branding implements BrandingBook {
  readonly #store: ClientStore;
  readonly #now: () => number;
  /** As mails see it; always of now. */
  readonly provider: Provider;
  #view: BrandingView;
  #logo: MailLogo | undefined;

  private constructor(store: ClientStore, config: Config, now: () => number, view: BrandingView) {
    this.#store = store;
    this.#now = now;
    this.#view = view;
    const current = () => this.#view;
    const logo = () => this.#logo;
    this.provider = {
      ...config.provider,
      get name() {
        return current().name ?? config.provider.name;
      },
      get colour() {
        return current().colour ?? undefined;
      },
      get logo() {
        return logo();
      },
    } as Provider;
  }

  static async open(store: ClientStore, config: Config, now: () => number): Promise<Branding> {
    const branding = new Branding(store, config, now, NOTHING);
    await branding.#read();
    return branding;
  }

  /** Name and address of the sender, in place of the configured ones. */
  readonly sender = (): { readonly name?: string; readonly address?: string } => {
    const { senderName, senderAddress } = this.#view;
    return {
      ...(senderName === null ? {} : { name: senderName }),
      ...(senderAddress === null ? {} : { address: senderAddress }),
    };
  };

  /** The logo as mails carry it; undefined: none, or one that they do not carry. */
  readonly mailLogo = (): MailLogo | undefined => this.#logo;

  get(): BrandingView {
    return this.#view;
  }

  logo(): Promise<Logo | undefined> {
    return this.#store.logo();
  }

  async save(setup: BrandingSetup): Promise<BrandingView | BrandingProblem> {
    if (setup.colour !== null && contrastWithWhite(setup.colour) < LEAST_CONTRAST)
      return {
        message: `white text on ${setup.colour} has a contrast of ${contrastWithWhite(setup.colour).toFixed(1)}:1; ${LEAST_CONTRAST}:1 is needed`,
      };
    await this.#store.saveBranding(setup);
    return this.#read();
  }

  async saveLogo(logo: Logo | undefined): Promise<BrandingView | BrandingProblem> {
    const problem = logo === undefined ? undefined : logoProblem(logo);
    if (problem !== undefined) return { message: problem };
    await this.#store.saveLogo(logo, this.#now());
    return this.#read();
  }

  async #read(): Promise<BrandingView> {
    const logo = await this.#store.logo();
    this.#view = (await this.#store.branding()) ?? NOTHING;
    this.#logo = logo === undefined ? undefined : mailLogo(logo, pixelsOf(logo));
    return this.#view;
  }
}

/** Contrast of a colour with white, 1 to 21 (WCAG 2.2, definitions of contrast ratio and relative luminance). */
export function contrastWithWhite(colour: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
  return 1.05 / (luminance + 0.05);
}
