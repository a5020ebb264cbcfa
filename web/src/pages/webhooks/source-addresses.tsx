import { urlOf } from "../../api/client.ts";
import { Id } from "../../parts/copy.tsx";
import { Fact, Facts, Section } from "../../parts/page.tsx";
import { useSession } from "../../shell/session.ts";

/** From where requests come, for firewalls: by the region of the workspace in which the event happened. */
export function SourceAddresses() {
  const { regions } = useSession().instance;
  return (
    <Section
      title="Source addresses"
      about="Requests leave from the addresses of the region of the workspace in which the event happened. Let these through your firewall."
    >
      <Facts>
        {regions.map(({ name, egress }) => (
          <Fact key={name} name={<span className="font-mono text-sm">{name}</span>}>
            <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
              <span className="flex flex-wrap gap-x-4 gap-y-1">
                {egress.map((address) => (
                  <Id key={address} id={address} />
                ))}
                {egress.length === 0 && (
                  <span className="text-ink-3">None configured: the address of the machine that Bellhop runs on</span>
                )}
              </span>
              <a
                className="text-sm underline underline-offset-2"
                href={urlOf("readIpRanges", { params: { region: name } })}
                target="_blank"
                rel="noreferrer"
              >
                {name}.json
              </a>
            </div>
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}
