// A back end whose customers save a card for payouts. With `cargo xtask dev -- --webhook-url
// http://localhost:8000/webhook` running, start it in this folder and open http://localhost:8000:
//
//	go run .
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"html/template"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// What `pantoken dev` uses. In production, set all of them. Secrets are separated by commas.
var (
	pantoken       = setting("PANTOKEN_URL", "http://localhost:3019")
	apiKey         = setting("PANTOKEN_API_KEY", "pantoken-dev-api-key")
	webhookSecrets = strings.Split(setting("PANTOKEN_WEBHOOK_SECRET", "pantoken-dev-webhook-secret"), ",")
	port           = setting("PORT", "8000")
)

const maxBody = 64 * 1024

var client = http.Client{Timeout: 10 * time.Second}

// Your database: each card of each customer.
var cards sync.Map

type card struct{ customer, panToken string }

// What this back end reads of a session and of a webhook.
type session struct {
	Type     string `json:"type"`
	State    string `json:"state"`
	Customer string `json:"customer"`
	PanToken string `json:"panToken"`
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
  <title>Card for payouts</title>
  <script type="module" src="/page.js"></script>
  <script type="module" src="{{.Pantoken}}/pantoken/element.js"></script>
  <pantoken-form session="{{.Session}}" language="en"></pantoken-form>
  <output></output>
</html>`))

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

// callPantoken calls pantoken with the API key, which never leaves this back end.
func callPantoken(method, path string, body any) (int, []byte, error) {
	content := &bytes.Buffer{}
	if body != nil {
		if err := json.NewEncoder(content).Encode(body); err != nil {
			return 0, nil, err
		}
	}
	request, err := http.NewRequest(method, pantoken+path, content)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+apiKey)
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	read, err := io.ReadAll(io.LimitReader(answer.Body, maxBody))
	return answer.StatusCode, read, err
}

var signatures = regexp.MustCompile(`^t=([0-9]{1,12})((?:,v1=[0-9a-f]{64})+)$`)

func isFromPantoken(header string, body []byte) bool {
	parts := signatures.FindStringSubmatch(header)
	if parts == nil {
		return false
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	now := time.Now().Unix()
	if err != nil || seconds < now-300 || seconds > now+300 {
		return false
	}
	holds := false
	for _, secret := range webhookSecrets {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(parts[1] + "."))
		mac.Write(body)
		expected := mac.Sum(nil)
		for _, digits := range strings.Split(parts[2], ",v1=")[1:] {
			signature, _ := hex.DecodeString(digits)
			holds = hmac.Equal(expected, signature) || holds
		}
	}
	return holds
}

// customerOf stands for your log-in: each visitor is a customer.
func customerOf(w http.ResponseWriter, r *http.Request) (string, error) {
	login, err := r.Cookie("login")
	if err != nil {
		random := make([]byte, 16)
		if _, err := rand.Read(random); err != nil {
			return "", err
		}
		login = &http.Cookie{Name: "login", Value: hex.EncodeToString(random)}
		login.HttpOnly, login.SameSite, login.Path = true, http.SameSiteLaxMode, "/"
		http.SetCookie(w, login)
	}
	hash := sha256.Sum256([]byte(login.Value))
	return "customer-" + hex.EncodeToString(hash[:8]), nil
}

// receiveWebhook receives what became of a card, even if the customer has closed the page.
func receiveWebhook(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var event session
	if err != nil || !isFromPantoken(r.Header.Get("Pantoken-Signature"), body) || json.Unmarshal(body, &event) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return nil
	}
	if event.Type == "session.saved" && event.Customer != "" {
		cards.Store(card{event.Customer, event.PanToken}, true)
	}
	return nil
}

// showCard tells the page what became of the card, if it is this customer's. The token stays here.
func showCard(w http.ResponseWriter, r *http.Request) error {
	customer, err := customerOf(w, r)
	if err != nil {
		return err
	}
	path := "/v1/sessions/" + url.PathEscape(r.URL.Query().Get("requestId"))
	status, answer, err := callPantoken("GET", path+"?customer="+url.QueryEscape(customer), nil)
	if err != nil {
		return err
	}
	var found session
	w.Header().Set("Content-Type", "application/json")
	if status != http.StatusOK || json.Unmarshal(answer, &found) != nil || found.Customer != customer {
		w.WriteHeader(http.StatusNotFound)
		return json.NewEncoder(w).Encode(map[string]any{"state": "unknown"})
	}
	_, received := cards.Load(card{customer, found.PanToken})
	return json.NewEncoder(w).Encode(map[string]any{"state": found.State, "webhookReceived": received})
}

// showForm shows the form in a session that belongs to the customer who is logged in.
func showForm(w http.ResponseWriter, r *http.Request) error {
	customer, err := customerOf(w, r)
	if err != nil {
		return err
	}
	wanted := map[string]string{"flow": "iframe", "language": "en", "customer": customer}
	status, answer, err := callPantoken("POST", "/v1/sessions", wanted)
	if err != nil {
		return err
	}
	if status != http.StatusCreated {
		log.Printf("pantoken answered %d: %s", status, answer)
		w.WriteHeader(http.StatusServiceUnavailable)
		return nil
	}
	return page.Execute(w, map[string]any{"Pantoken": pantoken, "Session": string(answer)})
}

func showScript(w http.ResponseWriter, r *http.Request) error {
	http.ServeFile(w, r, "../page.js")
	return nil
}

func main() {
	routes := map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /":         showForm,
		"GET /card":     showCard,
		"GET /page.js":  showScript,
		"POST /webhook": receiveWebhook,
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route, known := routes[r.Method+" "+r.URL.Path]
		if !known {
			http.NotFound(w, r)
		} else if err := route(w, r); err != nil {
			log.Print(err)
			http.Error(w, "Cards cannot be saved now. Please come back later.", http.StatusServiceUnavailable)
		}
	})
	log.Fatal(http.ListenAndServe("localhost:"+port, handler))
}
