/** What a visitor ends at, or the redirect that was not followed. */
export interface Visit<T = unknown> {
  readonly status: number;
  readonly url: string;
  readonly location: string | null;
  readonly body: T;
}

/** A browser without a screen: cookies by host, redirects followed or not, requests of its own page. */
export class Visitor {
  readonly #home: string;
  readonly #cookies = new Map<string, Map<string, string>>();

  /** @param home address of the Vigie that it visits */
  constructor(home: string) {
    this.#home = home;
  }

  /** Value of a cookie of Vigie's. */
  cookie(name: string): string | undefined {
    return this.#jar(this.#home).get(name);
  }

  setCookie(name: string, value: string): void {
    this.#jar(this.#home).set(name, value);
  }

  /** A call of the API from Vigie's own page. */
  call<T = unknown>(method: string, path: string, body?: unknown): Promise<Visit<T>> {
    return this.#send<T>(method, this.#home + path, body === undefined ? undefined : JSON.stringify(body), {
      origin: this.#home,
      'content-type': 'application/json',
    });
  }

  /** An answer that goes on until the server ends it; wait for its text. */
  async stream(path: string): Promise<Response> {
    const cookie = [...this.#jar(this.#home)].map(([name, value]) => `${name}=${value}`).join('; ');
    return fetch(this.#home + path, { headers: { cookie }, signal: AbortSignal.timeout(30_000) });
  }

  /** Opens an address, and follows redirects while `on` says so. */
  async open<T = unknown>(url: string, on: (location: string) => boolean = () => true): Promise<Visit<T>> {
    let at = new URL(url, this.#home).href;
    for (let hop = 0; hop < 20; hop++) {
      const visit = await this.#send<T>('GET', at);
      if (visit.location === null || !on(visit.location)) return visit;
      at = visit.location;
    }
    throw new Error(`too many redirects at ${at}`);
  }

  /** Another site's form, sent to Vigie: strict and lax cookies stay behind. */
  post<T = unknown>(url: string, form: Readonly<Record<string, string>>): Promise<Visit<T>> {
    return this.#send<T>(
      'POST',
      url,
      new URLSearchParams(form).toString(),
      { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://idp.example.org' },
      false,
    );
  }

  async #send<T>(
    method: string,
    url: string,
    body?: string,
    headers: Readonly<Record<string, string>> = {},
    withCookies = true,
  ): Promise<Visit<T>> {
    const jar = this.#jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...headers, ...(withCookies && cookie !== '' ? { cookie } : {}) },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(30_000),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    const location = response.headers.get('location');
    return {
      status: response.status,
      url,
      location: location === null ? null : new URL(location, url).href,
      body: (json ? JSON.parse(text) : text) as T,
    };
  }

  #jar(url: string): Map<string, string> {
    const { host } = new URL(url);
    let jar = this.#cookies.get(host);
    if (jar === undefined) {
      jar = new Map();
      this.#cookies.set(host, jar);
    }
    return jar;
  }
}
