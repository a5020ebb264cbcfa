import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Code } from "../../parts/code.tsx";

/** An access token that was just made. */
export type Token = { readonly workspace: string; readonly value: string };

export function ShownToken({ token: { workspace, value }, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  return (
    <Banner
      tone="note"
      title={`The access token for ${workspace}, shown this once`}
      actions={
        <Button small onClick={onClose}>
          Close
        </Button>
      }
    >
      <p className="mb-2">With it the app reports its health and calls the platform for this workspace.</p>
      <Code label="Access token" text={value} />
    </Banner>
  );
}
