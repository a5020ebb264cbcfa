import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { ask } from "../api/queries.ts";
import { inputLook } from "../parts/field.tsx";

/** The app whose pages the rail leads to. */
export function AppSwitcher({ app }: { readonly app: string | undefined }) {
  const navigate = useNavigate();
  const { data } = useQuery(ask("listApps", { query: { limit: 100 } }));
  if (!data || data.data.length === 0) return null;
  const isListed = data.data.some(({ id }) => id === app);
  return (
    <select
      aria-label="App"
      value={isListed ? app : ""}
      onChange={(event) => void navigate({ to: "/apps/$app/overview", params: { app: event.target.value } })}
      className={`h-8 ${inputLook} font-medium`}
    >
      {!isListed && <option value="">{app === undefined ? "Choose an app …" : app}</option>}
      {data.data.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
