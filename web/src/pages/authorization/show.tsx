import { Link } from "@tanstack/react-router";
import { notMade } from "@bellhop/contract/reasons";
import { Banner } from "../../parts/banner.tsx";
import { Section } from "../../parts/page.tsx";
import { PermissionTopics } from "./permission-topics.tsx";
import { nameOf } from "./permissions.ts";
import type { App, Permissions, Subscription } from "./permissions.ts";

type ShowProps = { readonly app: App; readonly permissions: Permissions; readonly subscriptions: readonly Subscription[] };

/** What is asked for now; nothing to be changed by accident. */
export function ShowAuthorization({ app, permissions, subscriptions }: ShowProps) {
  const asked = Object.entries(permissions.labels).filter(([id]) => app.permissions.includes(id));
  return (
    <>
      <Missing app={app} subscriptions={subscriptions} />
      <Section title="Permissions" about={`With the topics that each unlocks in API version ${app.api_version}.`}>
        {asked.length === 0 ? (
          <p className="text-ink-2">None yet. Without a permission the app is notified of nothing; Edit chooses some.</p>
        ) : (
          <ul className="flex flex-col divide-y divide-line">
            {asked.map(([id, label]) => (
              <li key={id} className="py-2.5 first:pt-0 last:pb-0">
                <p>
                  <span className="font-medium">{label}</span> <code className="font-mono text-sm text-ink-3">{id}</code>
                </p>
                <PermissionTopics permission={id} topics={permissions.topics} subscriptions={subscriptions} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="Redirect URLs" about="Where whoever has consented to the app may be sent back to.">
        {app.redirect_urls.length === 0 ? (
          <p className="text-ink-2">None.</p>
        ) : (
          <ul className="flex flex-col gap-1">
            {app.redirect_urls.map((url) => (
              <li key={url} className="font-mono text-sm wrap-anywhere">
                {url}
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

/** Chosen topics that no permission of the app unlocks. */
function Missing({ app, subscriptions }: Omit<ShowProps, "permissions">) {
  const missing = subscriptions.flatMap((subscription) =>
    Object.entries(subscription.topic_errors)
      .filter(([, reason]) => reason === "missing_permission")
      .map(([topic]) => ({ topic, subscription })),
  );
  if (missing.length === 0) return null;
  return (
    <Banner tone="bad" title={notMade.missing_permission.sentence}>
      <ul className="mt-1 flex flex-col gap-0.5">
        {missing.map(({ topic, subscription }) => (
          <li key={`${subscription.id} ${topic}`}>
            <code className="font-mono text-sm">{topic}</code>, chosen by{" "}
            <Link to="/apps/$app/webhooks" params={{ app: app.id }} search={{ subscription: subscription.id }} className="underline">
              {nameOf(subscription)}
            </Link>
          </li>
        ))}
      </ul>
    </Banner>
  );
}
