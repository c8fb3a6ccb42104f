// A picture is a Float32Array of 64 x 64 x 3 values in [0, 1], row by row, red, green and blue side by side.
export const SIDE = 64
export const VALUES = SIDE * SIDE * 3
