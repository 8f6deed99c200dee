/** A random UUID. `crypto.randomUUID` exists on secure origins only; elsewhere the name of an object URL ends in one. */
export const uuid = (): string => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const url = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(url);
  return url.slice(-36);
};
