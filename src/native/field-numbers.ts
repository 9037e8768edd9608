interface MessageType {
  readonly fields: { list(): readonly { readonly no: number; readonly localName: string }[] };
}

/** The numbers of a message's fields, from the generated code, so that they can't differ from it. */
export function fieldNumbers<Name extends string>(
  type: MessageType,
  ...names: Name[]
): Readonly<Record<Name, number>> {
  const list = type.fields.list();
  return Object.fromEntries(
    names.map((name) => [name, list.find((field) => field.localName === name)?.no ?? 0]),
  ) as Record<Name, number>;
}
