/** Call the site's own function: what it throws is the console's, and costs nothing else. */
export function safely<A extends unknown[], R>(call: (...given: A) => R, ...given: A): R | undefined {
  try {
    return call(...given);
  } catch (error) {
    console.error(error);
  }
}
