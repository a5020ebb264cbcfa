import type { ApiProblem } from "../../api/client.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Section } from "../../parts/page.tsx";

const redirectUrlsMax = 20;

type RedirectUrlsProps = {
  readonly urls: readonly string[];
  readonly onChange: (urls: readonly string[]) => void;
  readonly problem: ApiProblem | null;
};

export function RedirectUrls({ urls, onChange, problem }: RedirectUrlsProps) {
  return (
    <Section
      title="Redirect URLs"
      about="Where whoever has consented to the app may be sent back to."
      actions={
        urls.length < redirectUrlsMax && (
          <Button small onClick={() => onChange([...urls, ""])}>
            Add a URL
          </Button>
        )
      }
    >
      {urls.length === 0 && <p className="text-ink-2">None.</p>}
      <div className="flex flex-col gap-3">
        {urls.map((url, index) => (
          <div key={index} className="flex items-start gap-2">
            <div className="flex-1">
              <TextField
                label={`Redirect URL ${index + 1}`}
                type="url"
                inputMode="url"
                placeholder="https://"
                value={url}
                onChange={({ target }) => onChange(urls.with(index, target.value))}
                error={problem?.at(`/redirect_urls/${index}`)}
              />
            </div>
            <Button
              variant="quiet"
              className="mt-6"
              aria-label={`Remove redirect URL ${index + 1}`}
              onClick={() => onChange(urls.toSpliced(index, 1))}
            >
              Remove
            </Button>
          </div>
        ))}
      </div>
    </Section>
  );
}
