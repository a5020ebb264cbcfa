import { notMade } from "@bellhop/contract/reasons";
import { useQuery } from "@tanstack/react-query";
import type { Answer } from "../../api/client.ts";
import { ask } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";

/** Whether the app belongs to a workspace for whose apps nothing new is made. */
export function useIsOnTrial(app: Answer<"readApp"> | undefined): boolean {
  const asked = ask("readWorkspace", { params: { id: app?.workspace_id ?? "" } });
  return useQuery({ ...asked, enabled: app !== undefined }).data?.kind === "trial";
}

export function TrialBanner() {
  return (
    <Banner tone="warn" title="Nothing new is made for this app, and no endpoint can be saved">
      {notMade.owner_not_entitled.fix} What waits still goes out; once it is changed, new notifications are made again by themselves.
    </Banner>
  );
}
