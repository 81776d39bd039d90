// Sizes of seven parts, 196 patches each time, for which quotas were worked by hand.

export const mixed = [40, 30, 26, 50, 20, 10, 20];
export const equal = Array<number>(7).fill(28);
export const large = [30, 30, 30, 30, 30, 23, 23];
export const growing = [2, 6, 10, 14, 18, 22, 124];
