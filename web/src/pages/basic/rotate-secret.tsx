import { useState } from "react";
import { useCommand } from "../../api/queries.ts";
import { Banner } from "../../parts/banner.tsx";
import { Button } from "../../parts/button.tsx";
import { Dialog, DialogButtons } from "../../parts/dialog.tsx";
import { SelectField } from "../../parts/field.tsx";
import { ProblemBanner } from "../../parts/problem.tsx";

/** Hours that the old secret stays live. */
const overlaps = [
  [0, "Not at all: the old secret ends at once"],
  [1, "1 hour"],
  [24, "24 hours"],
  [72, "3 days"],
  [168, "7 days"],
] as const;
const overlapDefault = 24;

type RotateSecretProps = {
  readonly app: string;
  readonly open: boolean;
  readonly isOverlapping: boolean;
  readonly onClose: () => void;
};

export function RotateSecret({ open, onClose, ...rest }: RotateSecretProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Rotate the secret">
      {open && <RotateForm {...rest} onClose={onClose} />}
    </Dialog>
  );
}

function RotateForm({ app, isOverlapping, onClose }: Omit<RotateSecretProps, "open">) {
  const [hours, setHours] = useState<number>(overlapDefault);
  const rotate = useCommand("rotateSecret", ["listSecrets"], onClose);
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        rotate.mutate({ params: { id: app }, body: { overlap_hours: hours } });
      }}
    >
      <p className="text-ink-2">A new secret is made. While the old one stays live beside it, no request is refused that was not before.</p>
      {isOverlapping && (
        <Banner tone="warn" title="A rotation is under way">
          Its old secret ends at once, and what is now the new one becomes the old.
        </Banner>
      )}
      <SelectField label="The old secret stays live for" value={hours} onChange={({ target }) => setHours(Number(target.value))}>
        {overlaps.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      {hours === 0 && (
        <Banner tone="warn" title="No overlap">
          A receiver that knows only the old secret takes every request for forged until it has the new one.
        </Banner>
      )}
      <ProblemBanner error={rotate.error} />
      <DialogButtons>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" busy={rotate.isPending}>
          Rotate
        </Button>
      </DialogButtons>
    </form>
  );
}
