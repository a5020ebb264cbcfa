import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { call } from "../api/client.ts";
import { Menu, MenuItem, MenuLabel } from "../parts/menu.tsx";
import { useZone } from "../parts/time.tsx";
import { themes, useTheme } from "./theme.ts";

/** What is yours: theme, time zone, session. Open from the start, since a click asked for it. */
export function YouMenu({ name }: { readonly name: string }) {
  const [theme, setTheme] = useTheme();
  const [zone, setZone] = useZone();
  const client = useQueryClient();
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await call("deleteSession");
    client.clear();
    await navigate({ to: "/sign-in" });
  };
  return (
    <Menu label={name} openAtFirst>
      <MenuLabel>Theme</MenuLabel>
      {themes.map((each) => (
        <MenuItem key={each} checked={theme === each} onChoose={() => setTheme(each)}>
          {each[0]?.toUpperCase()}
          {each.slice(1)}
        </MenuItem>
      ))}
      <MenuLabel>Exact times in</MenuLabel>
      <MenuItem checked={zone === "utc"} onChoose={() => setZone("utc")}>
        UTC
      </MenuItem>
      <MenuItem checked={zone === "local"} onChoose={() => setZone("local")}>
        Local time
      </MenuItem>
      <MenuLabel>Session</MenuLabel>
      <MenuItem onChoose={() => void signOut()}>Sign out</MenuItem>
    </Menu>
  );
}
