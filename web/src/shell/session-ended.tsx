import { Banner } from "../parts/banner.tsx";
import { Code } from "../parts/code.tsx";

/** Over a page that is still there: whoever typed something on it does not lose it by signing in again. */
export function SessionEnded() {
  return (
    <div className="px-4 pt-4 sm:px-8">
      <Banner tone="bad" title="Your session has ended">
        <p className="mb-2">
          Nothing can be read or changed until you sign in again. Open a new link in another tab and come back: what you typed here stays.
        </p>
        <Code label="Where Bellhop runs" text="npm run link" />
      </Banner>
    </div>
  );
}
