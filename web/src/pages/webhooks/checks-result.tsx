// What became of a save: both checks with cause and fix, the warnings, and a secret that is shown this once.
import type { SavedSubscription } from "@bellhop/contract/subscriptions";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Code } from "../../parts/code.tsx";
import { ExchangeView } from "./exchange-view.tsx";

type Props = { readonly saved: SavedSubscription; readonly onClose: () => void };

export function ChecksResult({ saved: { checks, warnings, signing_secret: secret }, onClose }: Props) {
  const { head, ping } = checks;
  const refused = ping?.failure !== null && ping !== null;
  return (
    <section aria-label="What came of the save" className="flex flex-col gap-3">
      <Banner
        tone={refused ? "warn" : "good"}
        title={refused ? "Saved, but the endpoint did not accept the ping" : ping ? "Saved, and the endpoint accepted the ping" : "Saved"}
        actions={
          <Button small onClick={onClose}>
            Close
          </Button>
        }
      >
        {refused ? "Notifications are sent all the same; each that is not accepted is tried again by its policy." : null}
      </Banner>
      {warnings.map((warning) => (
        <Banner key={warning} tone="warn" title="The same topics to the same URL">
          {warning}
        </Banner>
      ))}
      {secret !== undefined && (
        <Banner tone="note" title="The signing secret, shown this once">
          <p className="mb-2">Copy it now to where the endpoint verifies signatures.</p>
          <Code label="Signing secret" text={secret} />
        </Banner>
      )}
      {(head ?? ping) && (
        <div className="card grid gap-x-8 gap-y-4 p-4 lg:grid-cols-2">
          {head && <ExchangeView name="Reachable (HEAD)" exchange={head} />}
          {ping && <ExchangeView name="Signed ping" exchange={ping} />}
        </div>
      )}
    </section>
  );
}
