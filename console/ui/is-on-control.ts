/** Whether something was pressed that does something itself, inside of what can be pressed as a whole. */
export function isOnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, button, input, label, [role=button]") !== null;
}
