import '../shared/localise';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import { adoptPageStyles } from '../shared/baseStyles';
import './compareView';

adoptPageStyles();
