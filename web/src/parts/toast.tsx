import { Toast } from "@base-ui/react/toast";
import type { ReactNode } from "react";
import { Glyph } from "./glyph.tsx";

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider timeout={6_000}>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2">
          <Toasts />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Toasts() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className="card flex items-center gap-3 px-3 py-2 shadow-raised">
      <Toast.Content className="flex flex-1 items-center gap-3">
        <Toast.Title className="flex-1" render={<p />} />
        <Toast.Action className="rounded border border-line-strong px-2 py-0.5 text-sm font-medium hover:border-ink-2" />
        <Toast.Close aria-label="Close" className="text-ink-3 hover:text-ink">
          <Glyph name="close" />
        </Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}

/** Says in passing what was done; `undo` takes it back, once. What needs to be read belongs on the page instead. */
export function useToast(): (message: string, undo?: { label: string; run: () => void }) => void {
  const { add, close } = Toast.useToastManager();
  return (message, undo) => {
    const undone = (): void => {
      close(id);
      undo?.run();
    };
    const id = add({ title: message, ...(undo ? { actionProps: { children: undo.label, onClick: undone } } : {}) });
  };
}
