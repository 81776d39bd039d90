// How much of a file may be its pickle, which is read as a whole.

/** That of a ViT-g with its optimizer has some 500 kB; arrays of NumPy stand in the pickle itself. */
export const longestPickle = 2 ** 28;
