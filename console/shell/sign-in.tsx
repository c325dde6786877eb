import { type ReactNode, type SubmitEvent, useEffect, useState } from "react";
import { useSessionState, useSessionStore } from "../session/session-context.tsx";
import { Button } from "../ui/button.tsx";
import { ErrorNotice } from "../ui/error-notice.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { Logo } from "./logo.tsx";
import styles from "./sign-in.module.css";

/** For people with a password. Those with a one-time link do not see it. */
export function SignIn(): ReactNode {
  const { signIn } = useSessionStore();
  const state = useSessionState();
  const [user, setUser] = useState("");
  const [pass, setPass] = useState("");
  const isBusy = state.status === "signing in";
  useEffect(() => {
    document.title = "Sign in · Functions Mesh";
  }, []);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setPass("");
    void signIn(user, pass);
  };
  return (
    <main className={styles["page"]}>
      <div className={styles["box"]}>
        <h1 className={styles["brand"]}>
          <Logo size={28} />
          Functions Mesh
        </h1>
        <form className={styles["form"]} onSubmit={submit}>
          {state.status === "signed out" && <WhySignedOut state={state} />}
          <Field label="User">
            <TextInput value={user} onChange={setUser} autoComplete="username" required name="user" />
          </Field>
          <Field label="Password">
            <TextInput
              value={pass}
              onChange={setPass}
              type="password"
              autoComplete="current-password"
              required
              name="pass"
            />
          </Field>
          <Button type="submit" variant="primary" isBusy={isBusy}>
            Sign in
          </Button>
        </form>
        <p className={styles["hint"]}>
          On your own machine you need no password: open the link that <code>npm start</code> printed. It works once,
          for ten minutes; starting again prints another.
        </p>
      </div>
    </main>
  );
}

function WhySignedOut({
  state,
}: {
  readonly state: Extract<ReturnType<typeof useSessionState>, { readonly status: "signed out" }>;
}): ReactNode {
  if (state.error !== undefined) return <ErrorNotice title="You could not be signed in" error={state.error} />;
  if (state.because === "expired") return <Notice>Your session has ended. Please sign in again.</Notice>;
  if (state.because === "refused") return <Notice>The gateway does not know your session any more.</Notice>;
  return null;
}
