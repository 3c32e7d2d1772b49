/** An answer of the API: status and parsed body. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

/** The API as a script sees it; answers of any status are returned, not thrown. */
export class Api {
  readonly url: string;
  readonly key: string | undefined;
  /** Sent with every call: the key, where there is one. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param key API key, or undefined for nobody
   * @param headers sent as well, such as a session's cookie
   */
  constructor(url: string, key?: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = url;
    this.key = key;
    this.headers = key === undefined ? headers : { ...headers, authorization: `Bearer ${key}` };
  }

  /** Any call. */
  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...this.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('application/json') === true && text !== '';
    return { status: response.status, body: (json ? JSON.parse(text) : text) as T };
  }

  /** The head of an answer whose body goes on for ever. */
  open(method: string, path: string, signal: AbortSignal): Promise<Response> {
    return fetch(this.url + path, { method, headers: this.headers, signal });
  }

  /** A call that must succeed. @throws Error with what the server said */
  async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get<T>(path: string): Promise<T> {
    return this.ok<T>('GET', path);
  }
}
