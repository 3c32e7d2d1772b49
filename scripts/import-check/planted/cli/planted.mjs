// refused: no-unresolved
import './nowhere.mjs';
