import { type ReactNode, type SubmitEvent, useEffect, useRef, useState } from "react";
import { useSessionState, useSessionStore } from "../session/session-context.tsx";
import { Button } from "../ui/button.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import { Logo } from "./logo.tsx";
import styles from "./sign-in.module.css";
import { WhySignedOut } from "./why-signed-out.tsx";

/** For people with a password. Those with a one-time link see no more of it than that they are being signed in. */
export function SignIn(): ReactNode {
  const state = useSessionState();
  const [hasTried, setTried] = useState(false);
  useEffect(() => {
    document.title = "Sign in · Functions Mesh";
  }, []);
  const isByLink = !hasTried;
  return (
    <main className={styles["page"]}>
      <div className={styles["box"]}>
        <h1 className={styles["brand"]}>
          <Logo size={28} />
          Functions Mesh
        </h1>
        {state.status === "signing in" && isByLink ? (
          <p role="status">Signing you in …</p>
        ) : (
          <>
            <div className={styles["why"]}>
              {state.status === "signed out" && <WhySignedOut state={state} isByLink={isByLink} />}
            </div>
            <PasswordForm hasTried={hasTried} onSubmit={() => setTried(true)} />
            <p className={styles["hint"]}>
              On your own machine you need no password: open the link that <code>npm start</code> printed. While the
              mesh runs, <code>fmesh console</code> in its folder prints another. Each works once, for ten minutes.
            </p>
          </>
        )}
      </div>
    </main>
  );
}

function PasswordForm({
  hasTried,
  onSubmit,
}: {
  readonly hasTried: boolean;
  readonly onSubmit: () => void;
}): ReactNode {
  const { signIn } = useSessionStore();
  const state = useSessionState();
  const [user, setUser] = useState("");
  const [pass, setPass] = useState("");
  const userField = useRef<HTMLInputElement>(null);
  const passField = useRef<HTMLInputElement>(null);
  // Whoever sees this page wants to type, and after a wrong password only that again.
  useEffect(() => userField.current?.focus(), []);
  useEffect(() => {
    if (state.status === "signed out" && state.error !== undefined && hasTried) passField.current?.focus();
  }, [state, hasTried]);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSubmit();
    setPass("");
    void signIn(user, pass);
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <Field label="User">
        <TextInput ref={userField} value={user} onChange={setUser} autoComplete="username" required name="user" />
      </Field>
      <Field label="Password">
        <TextInput
          ref={passField}
          value={pass}
          onChange={setPass}
          type="password"
          autoComplete="current-password"
          required
          name="pass"
        />
      </Field>
      <Button type="submit" variant="primary" isBusy={state.status === "signing in"}>
        Sign in
      </Button>
    </form>
  );
}
