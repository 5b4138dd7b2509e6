/** What a property or a header is called that holds a secret; `maxTokens` and `tokenizer` hold none. */
const SECRET_NAME = /key|token(?!s|iz)|secret|password|credential|cookie|auth/iu;
const HEADERS_NAME = /headers?$/iu;
/** Headers that say nothing about who asks. */
const PUBLIC_HEADER =
  /^(accept|content-|connection$|user-agent$|x-stainless-|anthropic-(version|beta)$|openai-beta$)/iu;
/** A header of any other name may be a gateway's key, unless it is as short as `true`. */
const SHORTEST_IN_HEADER = 6;

/** Clients hold their key a few steps down, and much else on the way. */
const DEEPEST = 5;
const MOST_OBJECTS = 2_000;

class SecretSearch {
  readonly found = new Set<string>();
  private readonly seen = new WeakSet();
  private objects = 0;

  search(value: unknown, depth: number): void {
    if (typeof value !== "object" || value === null || this.seen.has(value)) return;
    if (depth > DEEPEST || this.objects >= MOST_OBJECTS) return;
    this.seen.add(value);
    this.objects += 1;
    for (const [name, inner] of propertiesOf(value)) {
      if (HEADERS_NAME.test(name)) this.readHeaders(inner);
      if (typeof inner === "string" && SECRET_NAME.test(name)) this.add(inner);
      else this.search(inner, depth + 1);
    }
  }

  /** Headers of any kind: a `Headers` object, pairs, or properties, perhaps one level further in. */
  private readHeaders(headers: unknown): void {
    for (const [name, content] of headerPairs(headers)) {
      if (PUBLIC_HEADER.test(name)) continue;
      if (SECRET_NAME.test(name) || content.length >= SHORTEST_IN_HEADER) this.add(content);
    }
  }

  /** `Bearer abc` is told with and without its scheme. */
  private add(content: string): void {
    const secret = content.trim();
    if (secret === "") return;
    this.found.add(secret);
    this.found.add(secret.replace(/^\S+\s+/u, ""));
  }
}

/** What an object holds by itself. Getters are not called: they may do anything. Proxies may refuse to be asked. */
export function propertiesOf(value: object): [string, unknown][] {
  try {
    return Object.entries(Object.getOwnPropertyDescriptors(value)).flatMap(([name, { value: inner }]) =>
      inner === undefined ? [] : [[name, inner] satisfies [string, unknown]],
    );
  } catch {
    return [];
  }
}

function headerPairs(headers: unknown): [string, string][] {
  if (typeof headers !== "object" || headers === null) return [];
  if (headers instanceof Headers) return [...headers.entries()];
  const pairs = Array.isArray(headers)
    ? headers.map((pair: unknown) => (Array.isArray(pair) ? [pair[0] as unknown, pair[1] as unknown] : []))
    : propertiesOf(headers);
  return pairs.flatMap(([name, content]) => {
    if (typeof name !== "string") return [];
    return typeof content === "string" ? [[name, content] satisfies [string, string]] : headerPairs(content);
  });
}

/**
 * Every secret that can be read off what signs calls, such as an SDK's client or a LangChain model, by the names under which
 * it stands there. A secret that only a function or a private field knows is not found.
 */
export function secretsIn(...holders: readonly unknown[]): string[] {
  const search = new SecretSearch();
  for (const holder of holders) search.search(holder, 0);
  return [...search.found];
}

/** What is known of the secrets of a call. */
export interface Signed {
  readonly secrets?: readonly string[];
  /** What signs the call, and so may hold more secrets. */
  readonly signer?: unknown;
}

/** The same call, its signer's secrets read off once for many answers: the search takes longer than reading an answer. */
export function withSecretsRead<Call extends Signed>(call: Call): Call {
  const { secrets = [], signer } = call;
  return { ...call, secrets: [...secrets, ...secretsIn(signer)], signer: undefined };
}
