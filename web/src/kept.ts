// What the page keeps in the browser: choices of how it looks, nothing of what it shows.

export function kept<T extends string>(name: string, known: readonly T[], otherwise: T): T {
  try {
    const value = localStorage.getItem(`passaparola.${name}`);
    return known.find((one) => one === value) ?? otherwise;
  } catch {
    return otherwise; // storage may be forbidden
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`passaparola.${name}`, value);
  } catch {
    // the choice lasts as long as the page
  }
}
