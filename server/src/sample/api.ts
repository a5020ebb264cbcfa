// The little of an HTTP client that the sample needs.
export type Api = {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  put(path: string, body: unknown): Promise<void>;
  patch<T>(path: string, body: unknown): Promise<T>;
  delete(path: string): Promise<void>;
};

const timeoutMs = 30_000;

/** Every answer but a 2xx throws with the problem's own words. */
export function createClient(url: string, key: string): Api {
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers: Record<string, string> = { authorization: `Bearer ${key}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(timeoutMs) };
    if (body !== undefined) init.body = JSON.stringify(body);
    const answer = await fetch(url + path, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    get: <T>(path: string) => call("GET", path) as Promise<T>,
    post: <T>(path: string, body: unknown) => call("POST", path, body) as Promise<T>,
    put: async (path, body) => void (await call("PUT", path, body)),
    patch: <T>(path: string, body: unknown) => call("PATCH", path, body) as Promise<T>,
    delete: async (path) => void (await call("DELETE", path)),
  };
}
